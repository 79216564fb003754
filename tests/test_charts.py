"""Charts of claims: a claim keeps its bound, nothing is drawn without words, and the bytes are the same on each run."""

import re
import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from qantar.presentation import charts
from qantar.record import query


@pytest.fixture(scope="module")
def rows():
    loaded = query.load()
    return loaded.of(*loaded.measures["measure_id"])


@pytest.fixture
def shown(monkeypatch):
    """What charts display, in order."""
    displayed = []
    monkeypatch.setattr(charts, "display", lambda bundle, raw: displayed.append(bundle))
    return displayed


def draw(rows, shown, **more):
    charts.claims(rows, "test", "A caption.", **more)
    return shown[-1]


def svg(bundle):
    found = re.search(r"<svg .*</svg>", bundle["text/html"], flags=re.DOTALL)[0]
    return (
        found.replace("<svg ", '<svg xmlns:xlink="http://www.w3.org/1999/xlink" ', 1)
        if "xmlns:xlink" not in found
        else found
    )


def test_the_same_claims_give_the_same_bytes(rows, shown):
    deaths = rows[rows["measure_id"] == "deaths_total"]
    assert draw(deaths, shown) == draw(deaths, shown)
    assert not re.search(r"0x[0-9a-f]{6,}|20\d\d-\d\d-\d\dT", shown[0]["text/html"])


def test_every_claim_of_the_record_can_be_drawn_with_its_words(rows, shown):
    for _, group in rows.groupby("unit"):
        bundle = draw(group, shown, zero=True)
        ET.fromstring(svg(bundle))
        texts = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", bundle["text/html"]))
        for _, row in group.iterrows():
            if not pd.isna(row["value"]):
                assert charts.words.amount(row) in texts


def test_each_mark_leads_to_its_claim_and_says_what_it_is(rows, shown):
    deaths = rows[rows["measure_id"] == "deaths_total"]
    html = draw(deaths, shown)["text/html"]
    assert "qantar.invalid" not in html
    assert "<a href" not in html, (
        "JupyterLab cannot rewrite a plain href in a drawing, and shows an error instead"
    )
    for _, row in deaths.iterrows():
        assert (
            f'xlink:href="../book/reference/claims_casualties.html#{row["claim_id"]}" aria-label="{charts.words.counted(row)}'
            in html
        )


def test_a_word_without_a_number_has_no_position(rows, shown):
    vague = rows[rows["bound"].isin(["several", "thousands", "many", "higher"]) & (rows["unit"] == "person")]
    html = draw(vague, shown)["text/html"]
    assert "matplotlib.axis" not in html.lower() or not re.search(r'id="[^"]*xtick', html)
    assert "PathCollection" not in html


def test_none_known_is_a_ring_beside_the_axis_and_never_zero(rows, shown):
    known = rows[rows["measure_id"].isin(["accountable_media_attacks", "media_workers_killed"])]
    alt = charts.alternative(known)
    assert "an empty ring beside the axis" in alt
    assert "at nothing" not in alt


def test_the_alternative_text_tells_every_mark_its_words_and_its_speaker(rows):
    deaths = rows[rows["measure_id"] == "deaths_total"]
    alt = charts.alternative(deaths)
    for words_ in (
        "227 deaths",
        "at least 238 deaths",
        "an open arrow to the right",
        "Human Rights Watch",
        "the authorities of Kazakhstan",
    ):
        assert words_ in alt


def test_claims_of_different_units_have_no_common_axis(rows):
    with pytest.raises(ValueError, match="mixes the units"):
        charts.claims(rows, "test", "A caption.")


def test_nothing_to_draw_is_an_error_and_no_empty_picture(rows):
    with pytest.raises(ValueError, match="has no claims"):
        charts.claims(rows.iloc[:0], "test", "A caption.")


def test_drawing_changes_no_setting_of_the_analysts_own_charts(rows, shown):
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    draw(rows[rows["measure_id"] == "deaths_total"], shown)
    assert dict(mpl.rcParams) == before


def test_ink_takes_the_colour_of_the_page(rows, shown):
    html = draw(rows[rows["measure_id"] == "deaths_total"], shown)["text/html"]
    assert "currentColor" in html
    assert charts.INK not in html


def test_shape_and_colour_tell_the_kind_of_speaker_together():
    pairs = {(shape, colour) for shape, colour, _ in charts.SPEAKERS.values()}
    assert len({shape for shape, _ in pairs}) == len(pairs), (
        "no two kinds share a shape without sharing the colour too"
    )


@pytest.mark.parametrize("page", ["#ffffff", "#121212"])
def test_every_mark_has_a_contrast_of_three_to_one_on_light_and_dark_pages(page):
    def luminance(colour):
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    for _, colour, kind in charts.SPEAKERS.values():
        light, dark = sorted([luminance(page), luminance(colour)], reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3, (kind, colour)


def test_a_charge_is_one_line_through_time_with_what_it_became(shown):
    loaded = query.load()
    everything = loaded.events("charges").merge(loaded.parties[["party_id", "label"]], on="party_id")
    became = everything[everything["charge_id"].str.startswith("party-leader")]
    drawn = became.assign(became=became["became"].str.replace("_", " "))
    charts.courses(drawn, loaded.courses(drawn), "test", "Charges.")
    html, text = shown[-1]["text/html"], shown[-1]["text/plain"]
    assert "then reclassified not later than 31 October 2022; reclassified" in text
    assert "reinstated January 2023; reinstated" in text
    assert "house arrest" not in text, "where somebody is held is nothing that becomes of a charge"
    assert "Dotted: became the other charge" in text
    assert html.count("<a xlink:href") >= len(drawn)


def test_a_charge_without_a_day_is_not_drawn_and_said_so(shown):
    loaded = query.load()
    rows = (
        loaded.events("charges")
        .query("charge_id in ['party-leader-riots', 'activists-thirty-274-charge']")
        .assign(label="somebody")
    )
    charts.courses(rows, loaded.courses(rows), "test", "Charges.")
    assert "One charge without a step that has a day: not drawn" in shown[-1]["text/plain"]
    with pytest.raises(ValueError, match="no step with a day"):
        charts.courses(rows.iloc[1:], loaded.courses(rows.iloc[1:]), "test", "Charges.")


def test_names_of_places_that_are_close_do_not_cover_each_other(shown):
    loaded = query.load()
    single = (
        loaded.events("assemblies")
        .query("level == 'single'")
        .drop(columns="kind")
        .merge(loaded.places[["place_id", "name", "kind"]], on="place_id")
    )
    charts.places(single, "test", "Places.")
    labels = re.findall(
        r'<text [^>]*?(?:translate\(|x=")([\d.]+)[ ",]+(?:y=")?([\d.]+)[^>]*>(Almaty|Kaskelen|Shymkent) \d+<',
        shown[-1]["text/html"],
    )
    heights = {name: float(y) for _, y, name in labels}
    assert heights["Kaskelen"] - heights["Almaty"] > 8, "a line of text is about 8 points"
