"""USDM 4.0 (CDISC and TransCelerate), the container of ICH M11: a trial's criteria as data.

Each version of the protocol file is a StudyVersion; its criteria stand in protocol order, tied by
`previousId` and `nextId`, their wording in EligibilityCriterionItems, in the language of the
export. USDM carries no rule and no patient, so there is nothing here of any screening.

What USDM requires and a protocol file does not say is "Unknown" (NCI C17998), never guessed: the
intervention model, and what kinds of organisation stand behind a registry number. A study of
screening is one of patients: `includesHealthySubjects` is false.
"""
