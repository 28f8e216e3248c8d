"""ODM 2.0 (CDISC): the trial, its criteria and questions, and every answer with its audit record.

What stands where:

* Study: for each version of the protocol file a MetaDataVersion with the criteria (wording in both
  languages, and the rule in words as their condition), a group of items for each criterion, and
  code lists.
* ClinicalData: a transactional record. Of each screening the answers and judgements, in order,
  each inserted, updated or removed, with who, in which role, where, when, and why (AuditRecord);
  then each determination; and the Signature, on the determination that it confirms, as long as it
  stands. A signature that was voided is none: the audit trail has it.
* A user is a person in a role.

Outside the site, that is without dates: every moment is shifted so that its screening was opened
on 1970-01-01, in local time; answers that are days are counted from the day of opening; people and
sites have no names. Nothing tells which confidential criterion excluded somebody: answers and
judgements that belong to one are left out, and where one of them ever excluded, all answers of
that screening are, because the place at which they end would tell.
"""
