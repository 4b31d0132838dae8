"""Config: settings that are read and written as attributes."""

import json
from collections.abc import Mapping
from typing import Any

from kerasish.core.errors import ArgumentError, suggest

__all__ = ["Config"]


class Config:
    """A dict whose entries are attributes, and that can be frozen.

    Args:
        **kwargs: The first entries.

    Raises:
        AttributeError: If an entry is read that is not there.

    Example:
        >>> config = Config(units=3)
        >>> config.rate = 0.5
        >>> config["units"], config.rate, config.to_json()
        (3, 0.5, '{"units": 3, "rate": 0.5}')
    """

    def __init__(self, **kwargs: Any) -> None:
        self.__dict__["_entries"] = dict(kwargs)
        self.__dict__["_frozen"] = False

    @property
    def frozen(self) -> bool:
        """Whether entries are refused to change."""
        return bool(self.__dict__["_frozen"])

    def freeze(self) -> None:
        """Refuses changes from now on."""
        self.__dict__["_frozen"] = True

    def unfreeze(self) -> None:
        """Allows changes again."""
        self.__dict__["_frozen"] = False

    def as_dict(self) -> dict[str, Any]:
        """Returns the entries as a dict of their own."""
        return dict(self._entries)

    def to_json(self) -> str:
        """Returns the entries as JSON."""
        return json.dumps(self._entries)

    def keys(self) -> Any:
        """Returns the names of the entries."""
        return self._entries.keys()

    def values(self) -> Any:
        """Returns the values of the entries."""
        return self._entries.values()

    def items(self) -> Any:
        """Returns names and values."""
        return self._entries.items()

    def get(self, keyname: str, value: Any = None) -> Any:
        """Returns an entry, or `value` where there is none."""
        return self._entries.get(keyname, value)

    def pop(self, *args: Any) -> Any:
        """Takes an entry out and returns it: `(name)` or `(name, default)`."""
        self._check_free()
        return self._entries.pop(*args)

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Sets entries from a dict or another config, and from keywords."""
        self._check_free()
        given = args[0] if args else {}
        items = given.items() if isinstance(given, Config | Mapping) else given
        self._entries.update(items, **kwargs)

    def _check_free(self) -> None:
        if self.frozen:
            raise ArgumentError(
                "This `Config` is frozen and cannot change; call `unfreeze` first."
            )

    def __getattr__(self, name: str) -> Any:
        entries = self.__dict__.get("_entries", {})
        if name not in entries:
            raise AttributeError(
                f"`Config` has no entry {name!r}.{suggest(name, entries)}"
            )
        return entries[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __delattr__(self, name: str) -> None:
        del self[name]

    def __getitem__(self, name: str) -> Any:
        return self._entries[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._check_free()
        self._entries[name] = value

    def __delitem__(self, name: str) -> None:
        self._check_free()
        del self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Any:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<Config {self._entries!r}>"
