"""A host's own terms: one file or many, every faulty line named at once."""

from pathlib import Path

import pytest

from walkon.safety.blocklist import read_blocklists
from walkon.types.errors import SetupError
from walkon.types.harm import Category


def test_terms_of_all_files_are_gathered_by_category(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("# ours\n\nhate\tsplurge\ten\nhate\tsplorf\tfr\n", "utf-8")
    (tmp_path / "b.tsv").write_text("fraud\n".replace("fraud", "sexual\tdéshabillage\tfr"), "utf-8")
    found = read_blocklists([tmp_path / "a.tsv", tmp_path / "b.tsv"])
    assert found == {Category.HATE: ["splurge", "splorf"], Category.SEXUAL: ["déshabillage"]}


def test_every_line_that_cannot_be_used_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("hate splurge\nhate\t\nnonsense\tword\n", "utf-8")
    with pytest.raises(SetupError) as refused:
        read_blocklists([path, tmp_path / "none.tsv"])
    assert [problem.partition(": ")[0] for problem in refused.value.problems] == [
        *(f"{path}:{n}" for n in (1, 2, 3)),
        f"{tmp_path}/none.tsv",
    ]
