"""The benchmark of a card runs without one, and says then that it has measured none."""

import pytest
import torch

from bench import gpu
from bench.__main__ import DOCUMENT

pytestmark = pytest.mark.timeout(120)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a card")
def test_without_a_card_it_is_a_dry_run_and_says_so() -> None:
    report = gpu.run()
    rows = {row.what: row.value for row in report.rows}
    assert rows["a step with guidance"] > 0
    assert 0 < rows["to the first pictures of the decoding"] < rows["all pictures decoded"]
    assert rows["most memory of the card"] == 0
    assert "dry run on the processor, at toy size" in report.notes[0]
    assert f"{gpu.TOY.frames} pictures, {gpu.TOY.steps} steps" in report.notes[0]


def test_the_document_says_that_figures_of_a_card_are_missing_as_long_as_its_table_is_a_dry_run() -> None:
    text = DOCUMENT.read_text()
    table = text.partition("<!-- measured: gpu -->")[2].partition("<!-- /measured: gpu -->")[0]
    assert ("dry run" in table) == ("there are no figures from a GPU" in text) == ("No card has been measured yet" in text)
