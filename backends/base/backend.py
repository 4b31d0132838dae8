"""The backend class: all families of kernels over one array namespace.

A backend is a subclass that sets `name` and `xp`; it is complete as it stands, and
overriding a kernel only makes it faster. A third party registers one through the
entry-point group `kerasish.backends` and checks it with `kerasish.backends.testing`.
"""

from kerasish.backends.base.array import Array
from kerasish.backends.base.attention import AttentionKernels
from kerasish.backends.base.bessel import BesselKernels
from kerasish.backends.base.communication import CommunicationKernels
from kerasish.backends.base.elementwise import ElementwiseKernels
from kerasish.backends.base.fourier import FourierKernels
from kerasish.backends.base.gamma_draws import GammaKernels
from kerasish.backends.base.image import ImageKernels
from kerasish.backends.base.indexing import IndexingKernels
from kerasish.backends.base.linalg import LinalgKernels
from kerasish.backends.base.lowering import Lowering
from kerasish.backends.base.pooling import PoolingKernels
from kerasish.backends.base.recurrent import RecurrentKernels
from kerasish.backends.base.reduction import ReductionKernels
from kerasish.backends.base.shaping import ShapingKernels
from kerasish.backends.base.sorting import SortingKernels
from kerasish.backends.base.special import SpecialKernels

__all__ = ["Array", "Backend"]


class Backend(
    ElementwiseKernels,
    SpecialKernels,
    BesselKernels,
    ReductionKernels,
    ShapingKernels,
    IndexingKernels,
    SortingKernels,
    LinalgKernels,
    FourierKernels,
    RecurrentKernels,
    AttentionKernels,
    PoolingKernels,
    ImageKernels,
    GammaKernels,
    CommunicationKernels,
    Lowering,
):
    """All kernels, in terms of the array namespace `self.xp`."""

    def description(self) -> dict[str, str]:
        """Returns what the backend computes with, in words, for `show_config`."""
        library = self.xp
        return {library.__name__: str(getattr(library, "__version__", "no version"))}

    def __repr__(self) -> str:
        return f"<backend {self.name!r}>"
