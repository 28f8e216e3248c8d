"""What the acceptance tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.bot_process import let_in


@pytest.fixture(scope="session")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose database has a site with people; made once, to be copied."""
    folder = tmp_path_factory.mktemp("staffed")
    let_in(folder)
    return folder
