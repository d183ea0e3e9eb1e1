"""The report on pages says what the report says."""

import re
from html import unescape
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.studio.scored import finished, judged_project
from weldstudio.domain.errors import JobFailed
from weldstudio.gui.models import report_pdf
from weldstudio.studio import report


@pytest.fixture
def html(tmp_path: Path) -> str:
    with judged_project(tmp_path) as store:
        return finished(report.write(store, tmp_path / "report.html")).file.read_text("utf-8")


@pytest.mark.usefixtures("qtbot")
def test_every_figure_of_the_page_stands_on_the_pages(html: str) -> None:
    said = report_pdf.laid_out(html).toPlainText()
    assert "<" not in said
    body = html.partition("<body>")[2]
    words = re.sub(r"<svg.*?</svg>", " ", body, flags=re.S)
    for cell in re.findall(r">([^<>]+)<", words):
        for word in unescape(cell).split():
            assert word in said, word
    pictures = said.count("\N{OBJECT REPLACEMENT CHARACTER}")
    assert pictures == body.count("<svg") + body.count("<img src")


def test_pages_are_written_in_one_step(qtbot: QtBot, html: str, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    report_pdf.write(html, file)
    assert file.read_bytes().startswith(b"%PDF")
    assert not list(tmp_path.glob(".*.part"))
    with pytest.raises(OSError, match="No such file"):
        report_pdf.write(html, tmp_path / "nowhere" / "report.pdf")


def test_a_report_that_ends_in_pdf_is_printed_by_a_process_of_its_own(tmp_path: Path) -> None:
    with judged_project(tmp_path) as store:
        written = finished(report.write(store, tmp_path / "report.pdf"))
        assert written.file.read_bytes().startswith(b"%PDF")
        with pytest.raises(JobFailed, match="cannot be written"):
            finished(report.write(store, tmp_path / "nowhere" / "report.pdf"))
