"""The command `check`: inspects a folder and its CSV, and writes the reports."""

import argparse
import contextlib
import json
import sys
from collections.abc import Collection, Sequence
from dataclasses import replace
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from keras_csv_dataset._announcements import ProgressBar, printable
from keras_csv_dataset._cli.advice import in_flags
from keras_csv_dataset._cli.formats import say_how_to_read
from keras_csv_dataset._cli.mending import MendedTable
from keras_csv_dataset._cli.outputs import check_outputs
from keras_csv_dataset._cli.specs import Specs
from keras_csv_dataset._frameworks import import_framework
from keras_csv_dataset._images import Decoder, decoder_of
from keras_csv_dataset._inspection import (
    KINDS,
    Finding,
    Inspected,
    inspect,
)
from keras_csv_dataset._messages import count_of, did_you_mean
from keras_csv_dataset._report import (
    as_record,
    render_page,
    report_lines,
    require_extra,
)


def run_check(options: argparse.Namespace, specs: Specs) -> bool:
    """Inspects, prints the report, and writes the files that are asked for.

    Args:
        options: The flags that decide what becomes of the findings.
        specs: What is inspected.

    Returns:
        Whether there are findings, or those of `--fail-on`.

    Raises:
        FileNotFoundError: If the folder or the CSV does not exist.
        ImportError: If a package that the page needs is not installed.
        ValueError: If the folder or the CSV cannot be read, or a flag is not valid.
    """
    kinds = _kinds_to_fail_on(options.fail_on)
    if options.report is not None:
        require_extra()
    outputs = {
        "--report": options.report,
        "--write-groups": options.write_groups,
        "--write-usable": options.write_usable,
    }
    check_outputs(options.csv, outputs)
    table = MendedTable(options.csv, options.csv_options)
    if options.write_groups is not None:
        table.refuse_group_column()
    framework = import_framework(options.format)
    inspected = _inspect(specs, framework, is_bar_shown=not options.json)
    say_how_to_read(inspected.located, framework)
    inspection = inspected.inspection
    if options.json:
        # In ASCII, whatever the encoding of the standard output.
        print(json.dumps(as_record(inspection), indent=2))
    else:
        print(printable("\n".join(report_lines(inspection))))
    decoder = decoder_of(framework, specs.exif_orientation)
    _write_files(options, inspected, decoder, table)
    return any(finding.kind in kinds for finding in inspection.findings)


def _inspect(specs: Specs, framework: ModuleType, is_bar_shown: bool) -> Inspected:
    bar = ProgressBar(is_bar_shown)

    def show_progress(done: int, total: int) -> None:
        # The report can go to a file, but the user waits at the terminal.
        with contextlib.redirect_stdout(sys.stderr):
            bar.update(done, total)

    inspected = inspect(
        specs.rows,
        specs.split,
        framework,
        show_progress,
        specs.image_size,
        specs.exif_orientation,
    )
    inspection = inspected.inspection
    inspection.findings = list(map(_with_flags, inspection.findings))
    return inspected


def _with_flags(finding: Finding) -> Finding:
    return replace(
        finding, message=in_flags(finding.message), advice=in_flags(finding.advice)
    )


def _write_files(
    options: argparse.Namespace,
    inspected: Inspected,
    decoder: Decoder,
    table: MendedTable,
) -> None:
    def view(path: str) -> NDArray[np.uint8]:
        return decoder.read_pixels(path)[..., :3]

    if options.report is not None:
        page = render_page(inspected.inspection, view)
        options.report.write_text(page, encoding="utf-8")
        _say(f"Wrote {options.report}.")
    if options.write_groups is not None:
        number = table.write_groups(inspected, options.write_groups)
        stays = "stays" if number == 1 else "stay"
        _say(
            f"Wrote {options.write_groups}: with --group-column {table.group_column}, "
            f"{count_of(number, 'group')} of several rows {stays} on one side of a "
            f"split.{table.how_to_read}"
        )
    if options.write_usable is not None:
        number = table.write_usable_rows(inspected, options.write_usable)
        left_out = f"{count_of(number, 'row')} {'is' if number == 1 else 'are'}"
        _say(f"Wrote {options.write_usable}: {left_out} left out.{table.how_to_read}")


def _kinds_to_fail_on(names: Sequence[str] | None) -> Collection[str]:
    """The kinds of findings that `--fail-on` names, also by their families.

    After a refusal, not everything is looked for, so `refused` always counts.
    """
    if names is None:
        return KINDS
    families = {kind.family for kind in KINDS.values()}
    for name in names:
        if name not in families and name not in KINDS:
            raise ValueError(
                f"--fail-on must name kinds of findings, such as "
                f"{', '.join(sorted(families))}. Received: {name!r}"
                + did_you_mean(name, [*families, *KINDS])
            )
    counted = {*names, "refused"}
    return {n for n, kind in KINDS.items() if {n, kind.family} & counted}


def _say(message: str) -> None:
    print(message, file=sys.stderr)
