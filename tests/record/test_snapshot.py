"""data/snapshot.md, which shows in its diff what an update changes."""

import pytest

from qantar import paths
from qantar.record import snapshot

FACTS = """\
- claims: rows 76
- north-2022-05: published 2022-05-20; team north; claims 43
- south: sources south-2023-03
## Figures (76)
- deaths_total: north-2022-05 ¶3 exact 225: as of ../2022-05-20
- deaths_total: north-2022-05 ¶3 higher: as of ../2022-05-20; modality alleged
- deaths_officers: south-2023-03 ¶4 exact 17: as of 2023-02-01; same statement officers-17
- deaths_in_custody: north-2022-05 ¶3 exact 27: as of ../2022-04; retracted yes
- torture_victims_in_case: south-2023-03 ¶6 between 30 35: case officers-semey; as of 2023-02-06
## Figures that are expected (1)
## Dates that are slips, kept as printed (1)
- media_workers_killed: north-2022-05 one told; south-2023-03 one told
- north-2022-05-p3a: parts north-2022-05-p3b; low 208; high 208
## Computed: deaths_not_officers (2)
- north-2022-05-p3a: low 208; high 208; computed “225 people were killed” less “17 of them officers”
- permission_refusals: claim north-2022-05-p11a; other south-2023-03-p8f; dates fell
- north-2022-05-p4b: other north-2022-05-p4c
- south-2023-03-p6a: step officers-verdict
- steps messages-verdict: source south-2023-03 ¶7 partly; differs on date; value here 2022-04-01
## Cases: open (4)
- leader-almaty: last reported 2023-03; last reported by south-2023-03; accused low 1; accused high 1
## Parties of cases (18)
- leader-riots: party leader; article cc-272; part 1; became reinstated
- cc-24
## Steps that are only expected (3)
## Single assemblies, held: yes (6)
- kostanay-2022-04-strike-pressure: assembly kostanay-2022-04-strike; kind intimidation
- driver-shot: told by north-2022-05; south-2023-03
- recommendation-north-officers: table cases; row officers-semey
"""


def test_each_fact_is_a_line_and_no_person_is_named(frozen, record, monkeypatch):
    monkeypatch.setenv("PRINTED_BY", "2022-12-31")  # makes no difference
    text = snapshot.snapshot(frozen)
    assert [fact for fact in FACTS.splitlines() if fact not in text.splitlines()] == []
    assert (
        text.index("¶3 higher") < text.index("deaths_total: south-2023-03 ¶4") < text.index("deaths_officers")
    )
    assert [name for name in record.persons["public_name"] if name.split()[-1] in text] == []


def test_the_snapshot_is_written_beside_the_tables(data):
    snapshot.write(data)
    assert (data / "snapshot.md").read_text(encoding="utf-8") == snapshot.snapshot(data)


@pytest.mark.live
def test_the_committed_snapshot_is_that_of_the_record_at_hand():
    committed = (paths.DATA / snapshot.FILE).read_text(encoding="utf-8")
    assert committed == snapshot.snapshot(), "data/snapshot.md is out of date; run `make book`"
