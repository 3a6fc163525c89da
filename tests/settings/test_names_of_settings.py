import pytest

from landfall import settings


@pytest.mark.parametrize("name", settings.__all__)
def test_each_public_name_is_found_in_its_module(name: str) -> None:
    assert getattr(settings, name).__name__ == name


def test_unknown_name_raises_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        settings.Nothing  # noqa: B018
