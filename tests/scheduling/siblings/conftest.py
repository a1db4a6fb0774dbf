import pytest


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """What siblings answer is judged by their last good answers, which are in the database."""
