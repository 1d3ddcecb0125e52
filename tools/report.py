# SPDX-License-Identifier: Apache-2.0
"""What a run found, as one verdict: a summary table, `report.json` and a JUnit `report.xml`.

A run is a mapping from check (`doctor`, `convert`, `prove`, `equiv`, `matvec`, ...) to its flat
records. A check without records did not happen, and counts as failed.
"""

import contextlib
import json
import os
import xml.etree.ElementTree as xml
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table
from tritproof.tools.errors import UserError

Record = Mapping[str, Any]
Run = Mapping[str, Sequence[Record]]

JSON_NAME = "report.json"
XML_NAME = "report.xml"
STATUSES = ("PASS", "SAMPLED", "FAIL", "UNKNOWN", "ERROR")
_STYLES = {"PASS": "green", "SAMPLED": "cyan", "FAIL": "red", "UNKNOWN": "yellow", "ERROR": "red"}


def status_of(record: Record) -> str:
    """The verdict of one record: its `status` if it has one (`MISSING` counts as ERROR), else FAIL
    for mismatches or a surviving mutant, else PASS.
    """
    if "status" in record:
        status = str(record["status"])
        return status if status in STATUSES else "ERROR"
    if record.get("mismatches", 0) or record.get("killed_by") == "survived":
        return "FAIL"
    if record.get("vectors") == 0 or record.get("rows") == 0:
        return "ERROR"
    return "PASS"


def passed(run: Run) -> bool:
    """True if there is at least one check, each has records, and every record passes.

    A sample without a fault (SAMPLED) does not fail a run, and is counted as what it is.
    """
    return bool(run) and all(
        records and all(status_of(record) in ("PASS", "SAMPLED") for record in records)
        for records in run.values()
    )


def flat(run: Run) -> list[dict[str, Any]]:
    """All records in order, each with its check's name under `check` in front."""
    return [{"check": check, **record} for check, records in run.items() for record in records]


def write_json(path: Path, records: Sequence[Record]) -> None:
    """Write records as a JSON list, atomically; a place that cannot be written is a UserError."""
    write_text(path, json.dumps(list(records), indent=1, default=str) + "\n")


def write(run: Run, folder: Path) -> tuple[Path, Path]:
    """Write `report.json` and `report.xml` into `folder`; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    json_path, xml_path = folder / JSON_NAME, folder / XML_NAME
    write_json(json_path, flat(run))
    write_text(xml_path, junit(run))
    return json_path, xml_path


def write_text(path: Path, text: str) -> None:
    """Write a file, atomically; a place that cannot be written is a UserError."""
    if path.is_dir():
        raise UserError(f"{path} cannot be written: Is a directory")
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        partial.write_text(text)
        os.replace(partial, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise UserError(f"{path} cannot be written: {error.strerror}") from error


def read(folder: Path) -> list[dict[str, Any]]:
    """Records of the last report in `folder`; none if there is no readable one."""
    try:
        records = json.loads((folder / JSON_NAME).read_text())
    except (OSError, ValueError):
        return []
    return records if isinstance(records, list) else []


def status_of_block(records: Sequence[Record], block: str) -> str:
    """The worst verdict among a report's records on a block; empty if there are none."""
    found = {status_of(record) for record in records if record.get("block") == block}
    return next((status for status in reversed(STATUSES) if status in found), "")


def junit(run: Run) -> str:
    """The run as JUnit XML: a suite per check, a case per record, its fields as properties."""
    suites = xml.Element("testsuites", name="tritproof")
    for check, records in run.items():
        cases = list(records) or [{"status": "ERROR", "reason": f"{check} produced no records"}]
        verdicts = [status_of(record) for record in cases]
        suite = xml.SubElement(
            suites,
            "testsuite",
            name=check,
            tests=str(len(cases)),
            failures=str(sum(verdict in ("FAIL", "UNKNOWN") for verdict in verdicts)),
            errors=str(verdicts.count("ERROR")),
            skipped=str(verdicts.count("SAMPLED")),
            time=f"{sum(_seconds(record) for record in cases):.3f}",
        )
        for record, verdict in zip(cases, verdicts, strict=True):
            _case(suite, check, record, verdict)
    xml.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + xml.tostring(suites, "unicode") + "\n"


def summary(run: Run) -> Table:
    """One row per check: records by verdict, seconds, and the check's verdict."""
    table = Table(title="summary")
    for column in ("check", *STATUSES, "seconds", "verdict"):
        table.add_column(column, justify="left" if column in ("check", "verdict") else "right")
    for check, records in run.items():
        verdicts = [status_of(record) for record in records]
        numbers = [str(verdicts.count(status)) for status in STATUSES]
        seconds = f"{sum(_seconds(record) for record in records):.1f}"
        verdict = "PASS" if passed({check: records}) else "FAIL" if records else "NOTHING RAN"
        table.add_row(check, *numbers, seconds, f"[{_STYLES.get(verdict, 'red')}]{verdict}[/]")
    return table


def styled(status: str) -> str:
    """A status in its colour, as rich markup."""
    return f"[{_STYLES.get(status, 'red')}]{status}[/]" if status else ""


def _case(suite: xml.Element, check: str, record: Record, verdict: str) -> None:
    place = ".".join(str(record[key]) for key in ("block", "config") if record.get(key))
    name = next((record[key] for key in ("task", "tool", "mutant") if record.get(key)), check)
    case = xml.SubElement(
        suite,
        "testcase",
        classname=_clean(place or check),
        name=_clean(name),
        time=f"{_seconds(record):.3f}",
    )
    properties = xml.SubElement(case, "properties")
    for key, value in record.items():
        if isinstance(value, str | int | float | bool) and value != "":
            xml.SubElement(properties, "property", name=key, value=_clean(value))
    if verdict == "PASS":
        return
    keys = ("reason", "message", "violated", "first_mismatch", "killed_by")
    message = next((str(record[key]) for key in keys if record.get(key)), verdict)
    kind = {"ERROR": "error", "SAMPLED": "skipped"}.get(verdict, "failure")
    element = xml.SubElement(case, kind, type=verdict, message=_clean(message))
    element.text = _clean(json.dumps(dict(record), default=str))


def _seconds(record: Record) -> float:
    value = record.get("seconds", 0)
    return float(value) if isinstance(value, int | float) else 0.0


def _clean(value: object) -> str:
    """Text without the characters XML forbids."""
    return "".join(c if c in "\t\n\r" or ord(c) >= 32 else "?" for c in str(value))
