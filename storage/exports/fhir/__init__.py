"""The screening log as HL7 FHIR, R4 and R5: a study, its questionnaires, responses and subjects.

One resource a line (ndjson, as bulk data travels), of several types in one file: a whole trial is
read and written without ever being in memory. No `Patient` is among them: a subject is known by
the number of its first screening, and only the site's paper list leads from there to anybody.

Without dates, each date is an offset from the opening of its screening, in the extension that the
standard has for it (`cqf-relativeDateTime`); what belongs to a confidential criterion is left out
and the resource says that something was (security label `REDACTED`).
"""
