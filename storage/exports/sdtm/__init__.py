"""SDTM: the criteria of a trial (TI) and those that somebody did not meet (IE).

CDISC SDTM Implementation Guide 3.4, sections 7.4.1 and 6.3.4. Texts are English and ASCII, as the
transport format (XPT) needs them, and the same in both containers.

Which rows there are:

* TI has a row for each criterion of each version of the protocol (`TIVERS`). Where the wording of
  a criterion changed, its code gets a letter (IN02, then IN02A).
* IE has a row for each criterion not met in the verdict that stands, of the last attempt over a
  patient: a judgement counts as any other finding. Where a screening stopped at the first
  exclusion, that one only. Quick checks, practice, screenings in question, given up or erased have
  no row. An earlier attempt lends its number to the patient (`USUBJID`), and has no row.
* `IEDY` counts from the day on which the screening was opened, which is day 1: there is no
  treatment yet to count from. `IEDTC` is there only with dates.
* Without dates, that is outside the site, the confidential criteria that somebody did not meet are
  one row with the code EXCONF (or INCONF), which then stands in TI too: IE never tells which.
"""
