"""Names of Keras 2 tell where to go."""

import pytest

from kerasish.optimizers import legacy


@pytest.mark.parametrize("name", sorted(legacy.__all__))
def test_every_name_refuses(name):
    with pytest.raises(ImportError, match="Use the one of the same name"):
        getattr(legacy, name)(0.1)
