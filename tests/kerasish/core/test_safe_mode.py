"""Who decides whether code in a config may run."""

import contextvars
import threading

from kerasish.core import safe_mode as safe


def test_safe_unless_asked_and_the_outer_scope_wins():
    assert safe.in_safe_mode()
    with safe.safe_mode_scope(False):
        assert not safe.in_safe_mode()
        with safe.safe_mode_scope(True):
            assert not safe.in_safe_mode()
    with safe.safe_mode_scope(True), safe.safe_mode_scope(False):
        assert safe.in_safe_mode()
    assert safe.in_safe_mode()


def test_a_scope_does_not_leak_to_other_threads():
    seen = []
    with safe.safe_mode_scope(False):
        thread = threading.Thread(target=lambda: seen.append(safe.in_safe_mode()))
        thread.start()
        thread.join()
    assert seen == [True]


def test_enable_unsafe_deserialization_opens_the_current_context_only():
    def unsafe():
        safe.enable_unsafe_deserialization()
        with safe.safe_mode_scope(True):
            inside = safe.in_safe_mode()
        return inside, safe.in_safe_mode()

    assert contextvars.copy_context().run(unsafe) == (False, False)
    assert safe.in_safe_mode()
