"""tools/bench: which parts a run takes, and how it ends."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tools.bench.__main__ import AGAINST, GROUPS, PARTS, UnknownPartError, chosen, listing, main, run
from tools.bench.against import by_turns, checkout, compare
from tools.bench.table import Row, at_most, at_most_times
from tools.embedded.runtime import ROOT, build

KEPT = Row("kept", 1, "ms", None, at_most(2))
MISSED = Row("missed", 3, "ms", None, at_most(2))
FREE = Row("free", 1e9, "ms", None, None)


def test_all_rows_are_printed_and_written_before_a_miss_fails_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = tmp_path / "new" / "bench.json"
    assert run({"first": lambda: [MISSED, KEPT], "second": lambda: [FREE]}, result) == 1
    out, err = capsys.readouterr()
    assert [name for name in ("first", "missed", "kept", "second", "free") if f"\n{name}" not in out] == []
    assert err == "MISSED  first: missed\n"
    written = json.loads(result.read_text())
    assert written["first"]["rows"] == [MISSED.as_dict(), KEPT.as_dict()]
    assert written["second"]["rows"] == [FREE.as_dict()]


def test_a_run_without_a_miss_succeeds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run({"only": lambda: [KEPT, FREE]}, tmp_path / "bench.json") == 0
    assert capsys.readouterr().err == ""


def test_a_part_that_breaks_loses_nothing_of_those_before(tmp_path: Path) -> None:
    def breaks() -> list[Row]:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        run({"first": lambda: [KEPT], "second": breaks}, tmp_path / "bench.json")
    assert json.loads((tmp_path / "bench.json").read_text()).keys() == {"first"}


def test_no_name_means_every_part() -> None:
    assert chosen([], PARTS) == list(PARTS)
    assert chosen([], AGAINST) == ["import", "post", "upload", "cpu-posts", "cpu-reports", "cpu-cron"]


def test_a_group_means_its_parts_once_in_their_order() -> None:
    assert chosen(["upload", "ingest", "import"], PARTS) == ["import", "post", "upload"]
    assert chosen(["storage"], PARTS) == [name for name in PARTS if name.startswith("storage-")]
    assert {part for parts in GROUPS.values() for part in parts} == PARTS.keys() - {"dashboard", "kit", "newcomer"}


def test_an_unknown_name_is_refused_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["upload", "uplaod"])
    err = capsys.readouterr().err
    assert ended.value.code == 2
    assert "uplaod" in err
    assert err.endswith(listing(PARTS) + "\n")


def test_what_is_never_beside_a_revision_is_refused() -> None:
    with pytest.raises(UnknownPartError, match="dashboard"):
        chosen(["dashboard", "post"], AGAINST)


def test_the_list_names_every_part_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [*PARTS, *GROUPS]
    assert all(len(line.split()) > 2 for line in lines)


def test_each_side_goes_first_in_every_other_pair() -> None:
    order: list[str] = []

    def side(name: str, value: float) -> float:
        order.append(name)
        return value

    assert by_turns(lambda: side("here", 1), lambda: side("there", 2), 3) == [(1, 2)] * 3
    assert order == ["here", "there", "there", "here", "here", "there"]


def test_pairs_are_compared_one_by_one() -> None:
    """Whatever slows a pair slows both of it: here the machine becomes ten times slower, and nothing is missed."""
    pairs = [(scale * (1 + 0.01 * (-1) ** n), scale) for n in range(20) for scale in (10, 100)]
    compared = compare("a figure", "ms", pairs)
    assert compared.ratio == pytest.approx(1, abs=0.011)
    assert not compared.missed


def test_a_difference_beyond_the_spread_of_the_pairs_is_missed() -> None:
    wobble = [0.95, 1.0, 1.05, 0.97, 1.03] * 8
    assert not compare("a figure", "ms", [(ratio, 1) for ratio in wobble]).missed
    assert compare("a figure", "ms", [(1.2 * ratio, 1) for ratio in wobble]).missed
    noise = [0.5, 1.0, 1.5, 0.7, 1.3] * 8
    assert not compare("a figure", "ms", [(1.2 * ratio, 1) for ratio in noise]).missed


def test_a_limit_that_is_given_stands() -> None:
    assert compare("a figure", "KiB", [(1.06, 1)], at_most_times(1.05)).missed
    assert not compare("a figure", "KiB", [(1.04, 1)], at_most_times(1.05)).missed


def test_a_revision_has_its_own_files_and_what_is_installed_here() -> None:
    with checkout("HEAD") as folder:
        assert (folder / "src" / "entry.py").is_file()
        assert (folder / "wrangler.toml").is_file()
        assert (folder / "python_modules").resolve() == (ROOT / "python_modules").resolve()
    assert not folder.exists()


def test_another_checkout_is_built_of_its_own_files(tmp_path: Path) -> None:
    """Whatever its src/ looks like: packages or a flat list."""
    (tmp_path / "src" / "wing").mkdir(parents=True)
    (tmp_path / "src" / "entry.py").write_text("import wing.room")
    (tmp_path / "src" / "wing" / "room.py").write_text("")
    build(tmp_path / "built", {}, tmp_path / "src")
    with zipfile.ZipFile(tmp_path / "built" / "app.zip") as archive:
        names = {name for name in archive.namelist() if not name.startswith("python_modules/")}
    assert names == {"entry.py", "wing/room.py"}


def test_a_revision_that_git_does_not_know_is_named() -> None:
    with pytest.raises(RuntimeError, match="no-such-revision"), checkout("no-such-revision"):
        pass
