"""What we build on is pinned by content, listed, and audited (X3)."""

import json
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement

from tools import advisories, checksums, sbom
from tools.advisories import Advisory

ROOT = Path(__file__).resolve().parents[1]
TODAY = date(2026, 11, 21)


# ------------------------------------------------------------------ the lock


def test_every_pin_has_hashes_and_an_exact_version() -> None:
    locked = sbom.pins()

    assert len(locked) > 50
    assert [name for name, pin in locked.items() if not pin.hashes] == []
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    starts = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert len(starts) == len(locked), "a line that is no pin: a path, an address or a loose range"


def test_everything_that_is_asked_for_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]

    names = {sbom.plain(Requirement(line).name) for line in asked}

    assert names - sbom.pins().keys() == set()


def test_what_is_installed_is_what_is_locked() -> None:
    locked = sbom.pins()

    apart = {
        name: (version(name), locked[name].version)
        for name in sbom.closure()
        if version(name) != locked[name].version
    }

    assert apart == {}


def test_the_set_up_installs_by_hash_only() -> None:
    script = (ROOT / "tools" / "setup.sh").read_text(encoding="utf-8")
    installs = [line for line in script.splitlines() if "-m pip install" in line]

    assert len(installs) == 2
    assert "--require-hashes -r requirements.lock" in installs[0]
    assert "--no-deps" in installs[1]
    assert "--no-build-isolation" in installs[1]


def _wheel(folder: Path) -> Path:
    """The smallest thing pip installs."""
    path = folder / "kettle-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("kettle.py", "BOILS = True\n")
        info = "kettle-1.0.dist-info"
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: kettle\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", f"kettle.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n")
    return path


@pytest.mark.parametrize(("tampered", "code"), [(False, 0), (True, 1)])
def test_a_file_of_another_content_is_not_installed(
    tmp_path: Path, tampered: bool, code: int
) -> None:
    wheel = _wheel(tmp_path)
    digest = sha256(wheel.read_bytes()).hexdigest()
    if tampered:
        with zipfile.ZipFile(wheel, "a") as archive:
            archive.writestr("evil.py", "")
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"kettle==1.0 --hash=sha256:{digest}\n")

    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "--require-hashes", "--no-index", "--find-links", tmp_path, "--target", tmp_path / "out",
         "-r", lock],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == code, done.stderr
    assert (tmp_path / "out" / "kettle.py").exists() is not tampered
    assert ("DO NOT MATCH" in done.stderr) is tampered


# ------------------------------------------------------------------ the bill of materials


def test_the_bill_lists_what_the_program_imports_and_what_is_inside() -> None:
    bill = sbom.bill()

    names = {sbom.plain(one["name"]) for one in bill["components"]}
    declared = set(sbom.declared())
    assert declared <= names
    assert {"psycopg-binary", "httpcore", "cffi", "shiboken6", "sqlcipher", "openssl"} <= names
    assert not {"pytest", "ruff", "mypy", "pyinstaller"} & names
    assert all(one["version"] for one in bill["components"])
    assert all(one["licenses"] for one in bill["components"] if "pypi" in one["purl"])


def test_the_bill_is_well_formed() -> None:
    bill = sbom.bill()

    refs = [one["bom-ref"] for one in bill["components"]]
    ours = bill["metadata"]["component"]["bom-ref"]
    assert len(refs) == len(set(refs))
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    for edge in bill["dependencies"]:
        assert edge["ref"] in {*refs, ours}
        assert set(edge["dependsOn"]) <= set(refs)
    reached, todo = set[str](), [ours]
    edges = {edge["ref"]: edge["dependsOn"] for edge in bill["dependencies"]}
    while todo:
        one = todo.pop()
        reached.add(one)
        todo += [other for other in edges.get(one, ()) if other not in reached]
    assert reached == {*refs, ours}, "something is listed that nothing needs"


def test_the_same_content_has_the_same_bill(tmp_path: Path) -> None:
    sbom.main(tmp_path / "one.json")
    sbom.main(tmp_path / "two.json")

    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


# ------------------------------------------------------------------ checksums


def test_a_changed_file_does_not_match_its_checksum(tmp_path: Path) -> None:
    (tmp_path / "packhouse" / "lib").mkdir(parents=True)
    (tmp_path / "packhouse" / "packhouse").write_bytes(b"program")
    (tmp_path / "packhouse" / "lib" / "a b.so").write_bytes(b"library")
    checksums.main(tmp_path)

    def check() -> int:
        command = ["sha256sum", "--check", "--strict", "--quiet", checksums.NAME]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    assert len((tmp_path / checksums.NAME).read_text().splitlines()) == 2
    assert check() == 0
    (tmp_path / "packhouse" / "lib" / "a b.so").write_bytes(b"librarY")
    assert check() == 1


# ------------------------------------------------------------------ advisories

Answer = Callable[[httpx.Request], httpx.Response]


def _lock(folder: Path) -> Path:
    path = folder / "requirements.lock"
    path.write_text(f"jinja2==3.1.2 \\\n    --hash=sha256:{'0' * 64}\nidna==3.6\n")
    return path


def _service(*details: dict[str, object]) -> Answer:
    """As OSV answers: ids by package in the order asked, details by id."""
    by_id = {str(one["id"]): one for one in details}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/querybatch":
            asked = json.loads(request.content)["queries"]
            hits = [{"id": one["id"]} for one in details if "hidden" not in one]
            results = [
                {"vulns": hits} if query["package"]["name"] == "jinja2" and hits else {}
                for query in asked
            ]
            return httpx.Response(200, json={"results": results})
        return httpx.Response(200, json=by_id[request.url.path.rpartition("/")[2]])

    return answer


def _audit(answer: Answer, folder: Path, *arguments: str) -> int:
    client = httpx.Client(base_url="https://osv.example", transport=httpx.MockTransport(answer))
    return advisories.main(arguments, client, _lock(folder))


def _detail(id_: str, severity: str = "", **more: object) -> dict[str, object]:
    told = {"database_specific": {"severity": severity}} if severity else {}
    return {"id": id_, "summary": "Sandbox breakout", **told, **more}


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ([], 0),
        ([_detail("GHSA-1", "HIGH")], 1),
        ([_detail("GHSA-1", "CRITICAL")], 1),
        ([_detail("GHSA-1", "MODERATE")], 0),
        ([_detail("GHSA-1", "LOW")], 0),
        ([_detail("PYSEC-1")], 1),
        ([_detail("MAL-2026-1", "LOW")], 1),
        ([_detail("GHSA-1", "HIGH", withdrawn="2026-01-01T00:00:00Z")], 0),
        ([_detail("PYSEC-1", aliases=["GHSA-2"]), _detail("GHSA-2", "LOW", hidden=True)], 0),
        ([_detail("PYSEC-1", aliases=["GHSA-2"]), _detail("GHSA-2", "HIGH", hidden=True)], 1),
    ],
)
def test_a_known_high_advisory_stops_the_package(
    details: Sequence[dict[str, object]], code: int, tmp_path: Path
) -> None:
    assert _audit(_service(*details), tmp_path) == code


def test_an_advisory_is_allowed_with_a_reason_until_a_day() -> None:
    bad = Advisory("GHSA-1", "jinja2", "3.1.2", "HIGH", "")
    other = Advisory("GHSA-2", "jinja2", "3.1.2", "HIGH", "")
    allowed = {"GHSA-1": {"until": TODAY, "reason": "templates are ours alone"}}

    assert advisories.refused([bad, other], allowed, TODAY) == [other]
    assert advisories.refused([bad], allowed, date(2026, 11, 22)) == [bad]


def test_without_a_network_it_says_so_and_only_strict_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("name or service not known", request=request)

    assert _audit(nobody, tmp_path) == 0
    said = capsys.readouterr().err
    assert "NOT AUDITED" in said
    assert "make audit" in said
    assert _audit(nobody, tmp_path, "--strict") == 2


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={}),
        httpx.Response(200, json={"results": []}),
    ],
)
def test_an_odd_answer_is_no_audit(answer: httpx.Response, tmp_path: Path) -> None:
    assert _audit(lambda request: answer, tmp_path, "--strict") == 2


def test_packaging_lists_audits_and_sums() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    package = makefile.partition("\npackage:")[2].partition("\n\n")[0]

    order = [package.index(f"-m {name}") for name in ("tools.sbom", "tools.advisories")]
    assert order == sorted(order)
    assert package.index("-m tools.checksums") > max(order)
