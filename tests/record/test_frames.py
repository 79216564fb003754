"""Types for analysis: declared values are categories, whole numbers counts."""

import pandas as pd
import pytest

from qantar import settings
from qantar.record import frames, load, tables


@pytest.mark.parametrize(("table", "column", "value"), [
    ("claims", "bound", "at_least"), ("claims", "theme", "torture"), ("cases", "state", "open"),
    ("cases", "latest_step", "verdict"), ("parties", "custody", "remand"), ("acts", "by_kind", "court"),
    ("answers", "table", "claims"), ("assemblies", "permission", "denied"),
])  # fmt: skip
def test_a_column_of_declared_values_is_categorical(record, table, column, value):
    cells = getattr(record, table)[column]
    assert isinstance(cells.dtype, pd.CategoricalDtype)
    assert value in cells.cat.categories
    assert list(cells.cat.categories) == sorted(cells.cat.categories)


@pytest.mark.parametrize("edition", [settings.WHOLE, settings.Edition("2022-12-31", names=False)])
def test_no_column_of_a_table_holds_objects(frozen, edition):
    record = load(data=frozen, edition=edition)
    kinds = {name: {str(kind) for kind in getattr(record, name).dtypes} for name in tables.clean_names()}
    assert [name for name, found in kinds.items() if "object" in found] == []


def test_every_declared_value_of_the_schema_is_a_category(record):
    for name in tables.clean_names():
        for field in tables.fields(name) if name in tables.raw_names() else ():
            if "enum" in field.get("constraints", {}) and field["name"] in getattr(record, name):
                assert isinstance(getattr(record, name)[field["name"]].dtype, pd.CategoricalDtype), field


def test_a_value_that_is_not_declared_stays_text(frozen):
    rows = pd.DataFrame({"bound": ["exact", "roughly"]}, dtype="str")
    assert frames.typed(rows, "claims", frozen)["bound"].tolist() == ["exact", "roughly"]
    assert not isinstance(frames.typed(rows, "claims", frozen)["bound"].dtype, pd.CategoricalDtype)


@pytest.mark.parametrize(
    ("numbers", "kind"), [([1, 2, None], "Int64"), ([1, 2.5], "Float64"), ([None], "Int64")]
)
def test_whole_numbers_are_counts(frozen, numbers, kind):
    rows = pd.DataFrame({"value": pd.array(numbers, dtype="Float64")})
    assert str(frames.typed(rows, "claims", frozen)["value"].dtype) == kind


@pytest.mark.parametrize(("wrong", "hint"), [
    ("case", "; did you mean cases?"), ("CASES", "; did you mean cases?"),
    ("clams", "; did you mean claims?"), ("xyz", "; there are cases, claims"),
])  # fmt: skip
def test_a_hint_names_what_looks_alike_or_all_there_is(wrong, hint):
    assert frames.did_you_mean(wrong, ["cases", "claims"]) == hint
    assert frames.did_you_mean("xyz", map(str, range(99))) == ""
