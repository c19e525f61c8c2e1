"""How damaged files end: as an instance, in quarantine with a reason, or in a way in which none may.

Damages real files (bytes, lengths, tags, values, cuts, insertions, nesting) and has hypothesis make up datasets,
then takes each as an ingest does, header, values and frames, in processes with a gigabyte and ten seconds a file.

    python -m benchmarks.fuzz                         20,000 files, a table by source
    python -m benchmarks.fuzz --files 2000 --start 7  fewer, other damage
    python -m benchmarks.fuzz --only odd/no_meta.dcm  of one file
"""

import argparse
import os
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(os.environ.get("ANNOTATOR_TEST_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
LARGEST_SAMPLE = 600_000
# A series has many files alike.
OF_A_SERIES = 2
MADE_UP_SHARE = 0.1
FAULTS = ("too slow", "too much memory", "traceback", "crash", "wrong picture")
# How a reason begins, and what it is called in the table.
REASONS = (
    ("Truncated", "truncated"),
    ("The header can't be read", "header unreadable"),
    ("Not DICOM", "not DICOM"),
    ("No pixel data", "no picture"),
    ("The header promises", "promises too much"),
    ("No transfer syntax", "no transfer syntax"),
    ("Unsupported transfer syntax", "unsupported syntax"),
    ("Frame ", "undecodable"),
    ("The picture can't be decoded", "undecodable"),
    ("No ", "identifier missing"),
    ("The S", "identifier wrong"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", default="", help="part of a sample's name")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "annotator.config.settings")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        _run(asked.files, asked.start, asked.processes, asked.only)


def _run(files: int, start: int, processes: int, only: str) -> None:
    from tests.fuzz.crew import Case, endings
    from tests.fuzz.made_up import made_up_files
    from tests.fuzz.mutations import Damage, Sample, damage

    samples = [Sample(name, path.read_bytes()) for name, path in _samples() if only in name]
    if not samples:
        raise SystemExit(f"There is no sample under {SOURCES} whose name holds {only!r}.")
    made_up = 0 if only else int(files * MADE_UP_SHARE)

    def cases() -> Iterator[Case]:
        made = 0
        for batch in range(0, made_up, 500):
            for number, content in enumerate(made_up_files(min(500, made_up - batch), start=start + batch)):
                made += 1
                yield Case(Sample("made up by hypothesis", b""), number, Damage("made up", content, False))
        # Hypothesis may make fewer than it was asked for: damage makes up the number.
        for number in range(files - made):
            sample, seed = samples[number % len(samples)], start + number // len(samples)
            yield Case(sample, seed, damage(sample, seed))

    table: dict[str, Counter[str]] = defaultdict(Counter)
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    reasons: Counter[str] = Counter()
    faults: list[str] = []
    slowest: list[float] = []
    begin = time.monotonic()
    for case, ending in endings(cases(), processes=processes):
        table[case.sample.name.split("/")[0]][ending.how] += 1
        kinds[case.damage.kind][ending.how] += 1
        slowest.append(ending.seconds)
        if ending.how == "quarantined":
            reasons[_reason(ending.why)] += 1
        elif ending.how in FAULTS:
            faults.append(f"{case.sample.name}, seed {case.seed}, {case.damage.kind}: {ending.how}, {ending.why}")
    took = time.monotonic() - begin
    _print_table("source", table)
    _print_table("damage", kinds)
    _print_reasons(reasons)
    _print_times(slowest, took, len(samples))
    for fault in faults[:50]:
        print(fault)
    raise SystemExit(1 if faults else 0)


def _samples() -> Iterator[tuple[str, Path]]:
    root = SOURCES / "dicom"
    taken: Counter[str] = Counter()
    for path in sorted(root.rglob("*.dcm")):
        folder = path.parent.name
        if path.stat().st_size > LARGEST_SAMPLE or (taken[folder] >= OF_A_SERIES and folder.startswith("ct_")):
            continue
        taken[folder] += 1
        yield str(path.relative_to(root)), path


def _reason(words: str) -> str:
    return next((name for begin, name in REASONS if words.startswith(begin)), "other contradictions")


def _print_table(title: str, table: dict[str, Counter[str]]) -> None:
    columns = ("instance", "quarantined", *FAULTS)
    width = max(len(title), *(len(name) for name in table)) + 2
    print(f"\n{title:<{width}}{'files':>8}" + "".join(f"{column:>{len(column) + 3}}" for column in columns))
    total: Counter[str] = Counter()
    for name in sorted(table):
        total += table[name]
        _print_row(name, table[name], columns, width)
    _print_row("all", total, columns, width)


def _print_row(name: str, row: Counter[str], columns: tuple[str, ...], width: int) -> None:
    cells = "".join(f"{row[column]:>{len(column) + 3},}" for column in columns)
    print(f"{name:<{width}}{row.total():>8,}{cells}")


def _print_reasons(reasons: Counter[str]) -> None:
    print("\nquarantined because")
    for name, count in reasons.most_common():
        print(f"  {name:<24}{count:>8,}")


def _print_times(seconds: list[float], took: float, samples: int) -> None:
    ordered = sorted(seconds)
    middle, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    print(
        f"\n{len(ordered):,} files from {samples} samples in {took:.0f} s; a file: median {middle * 1000:.0f} ms, "
        f"99 % within {late * 1000:.0f} ms, longest {ordered[-1]:.1f} s (a process' first file holds its start)"
    )


if __name__ == "__main__":
    main()
