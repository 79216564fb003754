"""What the extension adds to every page."""

import pytest

from qantar import settings
from qantar.book import sphinx_ext

SAID = "Of one report only a part was read: what no report is said to print may stand in the rest."


@pytest.mark.parametrize(("in_part", "said"), [("one report", SAID), ("", None)])
def test_every_page_says_that_a_report_was_read_in_part(in_part, said):
    context = {"docstitle": "Qantar", "pathto": lambda page, **options: f"{page}.html#"}
    day, record = "8 February 2024", "0123456789abcdef0"
    sphinx_ext._add_to_page(day, in_part, record, settings.WHOLE, None, "index", None, context, None)
    footer = context["theme_extra_footer"]
    assert footer.count("read in part") == 0 and ("only a part was read" in footer) is bool(said)
    assert said is None or f"later events are not in it. {said} Record" in footer
    assert "The record reaches to 8 February 2024" in footer and "<code>0123456789abcdef</code>" in footer
