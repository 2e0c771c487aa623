"""The report for scripts: a dictionary with stable keys, to be written as JSON."""

from dataclasses import asdict
from typing import Any

from keras_csv_dataset._inspection import KINDS, Finding, Inspection


def as_record(inspection: Inspection) -> dict[str, Any]:
    """The report as dictionaries, lists, texts and numbers."""
    record = asdict(inspection)
    record["sizes"] = [
        {"height": height, "width": width, "images": count}
        for (height, width), count in inspection.sizes.items()
    ]
    record["findings"] = [_finding(finding) for finding in inspection.findings]
    return record


def _finding(finding: Finding) -> dict[str, Any]:
    kind = KINDS[finding.kind]
    about = {
        "kind": finding.kind,
        "family": kind.family,
        "severity": kind.severity,
    }
    return about | {k: v for k, v in asdict(finding).items() if k != "kind"}
