"""Items from a file: what is taken, what is refused, and whether the person can mend it."""

import csv
import gzip
import io
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.gtin import Flaw, flaw
from app.domain.spreadsheet import formula_safe, plain
from app.errors import Refusal
from app.importing.items import read_items
from app.importing.result import ImportResult
from app.importing.rows import ItemRow, Pack, Unit
from tests.support.shared_data import SKIP_REASON, shared_data

DAMAGED = Path(__file__).parent / "data" / "damaged_codes.csv"


def items(text: str) -> ImportResult[ItemRow]:
    return read_items(io.BytesIO(text.encode()))


def only_problem(text: str) -> tuple[int, str, str]:
    (problem,) = items(text).problems
    return problem.row, problem.column, problem.say


def test_a_full_row_becomes_an_item() -> None:
    result = items(
        "sku,name,unit,gtin,packs,weight_g,spread_g,length_mm,width_mm,height_mm,lot,expiry,home\n"
        "TEA-MINT,Peppermint tea,each,2900000000018,12900000000015*6,"
        "132.5,1,80,80,120,yes,yes,a-01-1\n"
    )

    assert result.problems == ()
    assert result.rows == (
        ItemRow(
            sku="TEA-MINT",
            name="Peppermint tea",
            unit=Unit.EACH,
            packs=(Pack("02900000000018", 1), Pack("12900000000015", 6)),
            weight_mg=132_500,
            spread_mg=1_000,
            length_mm=80,
            width_mm=80,
            height_mm=120,
            lot_tracked=True,
            expiry_tracked=True,
            home="A-01-1",
            row=2,
        ),
    )


def test_two_columns_are_enough() -> None:
    (item,) = items("sku,name\nBAMBOO-TRAY-L,Bamboo tray\n").rows

    assert (item.sku, item.packs, item.weight_mg, item.spread_mg) == ("BAMBOO-TRAY-L", (), None, 0)


def test_an_excel_file_with_semicolons_and_a_byte_order_mark_reads_the_same() -> None:
    text = "\ufeffSKU;Name;GTIN;Weight g\r\nTEA-MINT;Tee, Minze;2900000000018;132,5\r\n"

    (item,) = items(text).rows

    assert (item.name, item.weight_mg) == ("Tee, Minze", 132_500)


@pytest.mark.parametrize(
    ("cell", "say"),
    [
        ("1,234", "two ways"),
        ("1.234.5", "three decimals"),
        ("-5", "three decimals"),
        ("12 g", "three decimals"),
        ("0", "above 0"),
        ("99999999", "above 0"),
        ("0.0001", "three decimals"),
        ("1e3", "three decimals"),
    ],
)
def test_a_weight_that_could_mean_two_things_is_asked_about(cell: str, say: str) -> None:
    row, column, problem = only_problem(f'sku,name,weight_g\nTEA-MINT,Tea,"{cell}"\n')

    assert (row, column) == (2, "weight_g")
    assert say in problem


def test_a_thousand_in_a_semicolon_file_is_asked_about() -> None:
    result = items("sku;name;weight_g\nTEA;Tea;1.234\nJAR;Jar;412.5\n")

    assert [problem.column for problem in result.problems] == ["weight_g"]
    assert [item.weight_mg for item in result.rows] == [412_500]


@given(st.integers(1, 10_000_000_000))
def test_grams_become_whole_milligrams_without_loss(milligrams: int) -> None:
    written = f"{milligrams // 1000}.{milligrams % 1000:03d}"

    (item,) = items(f"sku,name,weight_g\nTEA,Tea,{written}\n").rows

    assert item.weight_mg == milligrams


def test_everything_wrong_with_a_row_is_said_at_once() -> None:
    result = items(
        "sku,name,gtin,weight_g,lot\n,Tea,4.01E+12,heavy,perhaps\nJAR,Jar,2900000000018,10,no\n"
    )

    assert [problem.column for problem in result.problems] == ["sku", "gtin", "weight_g", "lot"]
    assert all(problem.row == 2 for problem in result.problems)
    assert [item.sku for item in result.rows] == ["JAR"]


@pytest.mark.parametrize("code", ["CMD:ACK", "loc:A-1", "PHB-secret", "phb-secret"])
def test_no_article_can_be_a_command_or_a_badge(code: str) -> None:
    row, column, problem = only_problem(f"sku,name\n{code},Trap\n")

    assert (row, column) == (2, "sku")
    assert "command card or badge" in problem


def test_a_code_standing_twice_leaves_out_both_and_names_the_other_row() -> None:
    result = items(
        "sku,name,gtin\n"
        "TEA,Tea,2900000000018\n"
        "JAR,Jar,2900000000025\n"
        "TEA,Tea again,2900000000032\n"
        "CUP,Cup,2900000000025\n"
        "MUG,Mug,2900000000049\n"
    )

    assert [item.sku for item in result.rows] == ["MUG"]
    assert [problem.sentence for problem in result.problems] == [
        "Row 2, sku “TEA”: stands in row 4 too. Keep one of them.",
        "Row 3, gtin “02900000000025”: stands in row 5 too. Keep one of them.",
        "Row 4, sku “TEA”: stands in row 2 too. Keep one of them.",
        "Row 5, gtin “02900000000025”: stands in row 3 too. Keep one of them.",
    ]


def test_a_carton_and_a_piece_never_share_a_barcode() -> None:
    _, column, _ = only_problem("sku,name,gtin,packs\nTEA,Tea,2900000000018,2900000000018*6\n")

    assert column == "packs"


@pytest.mark.parametrize("pack", ["12900000000015", "12900000000015*", "12900000000015*1", "x*6"])
def test_a_pack_needs_its_units(pack: str) -> None:
    _, column, _ = only_problem(f"sku,name,packs\nTEA,Tea,{pack}\n")

    assert column == "packs"


def test_all_or_nothing_unless_partial_is_asked_for() -> None:
    result = items("sku,name\nTEA,Tea\n,Nameless\n")

    with pytest.raises(
        Refusal, match=r"1 of 2 rows cannot be imported, so nothing was\. Row 3, sku"
    ):
        result.accepted(partial=False)
    assert [item.sku for item in result.accepted(partial=True)] == ["TEA"]


def test_bad_rows_come_back_and_go_in_again_once_mended() -> None:
    result = items('sku;name;gtin\nTEA;Tea;4.01E+12\n=1+1;"Jar; large";none\nMUG;Mug;none\n')

    returned = result.rejects_csv().decode("utf-8-sig")
    mended = returned.replace("4.01E+12", "2900000000018")

    assert returned.splitlines()[0] == "sku;name;gtin;reason"
    assert "rounded this number" in returned
    assert [item.sku for item in result.rows] == ["=1+1", "MUG"]
    assert [item.sku for item in items(mended).rows] == ["TEA"]


@given(st.text(max_size=30))
def test_a_cell_handed_back_means_the_same_and_runs_nothing(cell: str) -> None:
    meant = cell.strip()

    assert not formula_safe(meant).startswith(("=", "+", "@"))
    if plain(meant) == meant:
        assert plain(formula_safe(meant)) == meant


@given(st.text(max_size=300))
def test_any_text_at_all_is_read_or_refused_in_words(text: str) -> None:
    refusals: list[str] = []
    results: list[ImportResult[ItemRow]] = []
    try:
        results.append(items(f"sku,name,gtin\n{text}"))
    except Refusal as no:
        refusals.append(no.say)

    assert all(say.endswith(".") for say in refusals)
    for result in results:
        assert len(result.rows) + len(result.rejected) == result.read
        assert {problem.row for problem in result.problems} == {
            record.row for record in result.rejected
        }


def test_every_class_of_damage_is_reported_and_none_imported() -> None:
    with DAMAGED.open(encoding="utf-8", newline="") as file:
        rows = [(row["code_as_found"], row["damage"]) for row in csv.DictReader(file)]

    result = _imported(code for code, _ in rows)

    assert result.rows == ()
    assert len({problem.row for problem in result.problems}) == len(rows)
    assert {damage for _, damage in rows} == {each.value for each in Flaw}
    assert [flaw(code) for code, _ in rows] == [Flaw(damage) for _, damage in rows]
    sentences = {
        damage: problem.say for (_, damage), problem in zip(rows, result.problems, strict=True)
    }
    assert len(set(sentences.values())) == len(Flaw)


def test_of_three_thousand_damaged_codes_not_one_gets_in() -> None:
    folder = shared_data()
    if folder is None:
        pytest.skip(SKIP_REASON)
    with gzip.open(folder / "a_damaged_codes.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    result = _imported(row["code_as_found"] for row in rows)

    assert len(rows) == 3_807
    assert result.rows == ()
    assert {problem.row for problem in result.problems} == set(range(2, len(rows) + 2))
    classes = {
        "scientific_notation": {Flaw.SCIENTIFIC},
        "leading_zeros_lost_or_short": {Flaw.ZEROS_LOST},
        "wrong_length": {Flaw.WRONG_LENGTH},
        "bad_check_digit": {Flaw.CHECK_DIGIT},
        "too_long": {Flaw.TOO_LONG},
        "empty": {Flaw.EMPTY},
    }
    for row in rows:
        assert flaw(row["code_as_found"]) in classes[row["damage"]], row


def _imported(codes: Iterable[str]) -> ImportResult[ItemRow]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["sku", "name", "gtin"])
    writer.writerows([f"ITEM-{number}", "Found", code] for number, code in enumerate(codes))
    return items(out.getvalue())


def test_letters_put_together_are_the_letters_every_scanner_and_keyboard_sends() -> None:
    (item,) = items("sku,name\nKA\u0308SE-1,Ka\u0308se\n").rows

    assert (item.sku, item.name) == ("K\u00c4SE-1", "K\u00e4se")
