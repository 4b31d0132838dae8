"""Objects to plain data and back, in the JSON form of Keras 3.

An object becomes `{"module", "class_name", "config", "registered_name"}`, with
`build_config` and `compile_config` where it has them. Reading resolves every name in
the dictionaries of `builtin_objects` and `custom_objects`; a name that is in neither
is refused, and so is code (`__lambda__`) unless the caller turned safe mode off.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import FunctionType
from typing import Any, NamedTuple

from kerasish.core.builtin_objects import (
    builtin_names,
    find_class,
    find_function,
    is_builtin_module,
    public_module,
)
from kerasish.core.config_forms import accepted_config, lowest_common_config
from kerasish.core.custom_objects import (
    CustomObjectScope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
)
from kerasish.core.errors import SerializationError, UnsafeModelError, suggest
