"""What layers keep in files beside their weights."""

import pytest

from kerasish.layers.preprocessing.assets import Assets


class Words(Assets):
    """Keeps words."""

    words = b"one"

    def asset_files(self):
        """Returns the words."""
        return {"vocabulary.txt": self.words}

    def set_asset_files(self, files):
        """Takes the words."""
        self.words = files["vocabulary.txt"]


def test_files_in_a_folder(tmp_path):
    words = Words()
    words.load_assets(tmp_path)
    assert words.words == b"one"
    words.words = b"two"
    words.save_assets(tmp_path)
    again = Words()
    again.load_assets(tmp_path)
    assert again.words == b"two"


def test_a_class_must_say_what_it_keeps():
    with pytest.raises(NotImplementedError, match="`Assets` must define `asset_files`"):
        Assets().asset_files()
    with pytest.raises(NotImplementedError, match="must define `set_asset_files`"):
        Assets().set_asset_files({})
