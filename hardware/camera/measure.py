"""Plain measures of a picture that portrait and document checks share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from hardware.camera.frame import Image, load_cv2
from hardware.late import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Grey: TypeAlias = "NDArray[np.uint8]"


def grey(image: Image) -> Grey:
    """Luminance, one byte a pixel."""
    cv2 = load_cv2()
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)


def scaled(image: Image, side: int) -> Image:
    """The picture with its longer side at most `side` pixels."""
    cv2 = load_cv2()
    factor = side / max(image.shape[:2])
    if factor >= 1:
        return image
    size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def edge_width(patch: Grey) -> float:
    """How soft the strong edges are: 0 is crisp, above about 0.6 is out of focus; 1.0 when there are no edges.

    The loss of local contrast under a second blur, after Crété et al., "The blur effect" (SPIE 6492, 2007), taken only
    where there is contrast to lose, so that plain surfaces do not count as blur.
    """
    cv2 = load_cv2()
    fine: Any = patch.astype(np.float32)
    soft = cv2.blur(fine, (9, 9))
    before = np.abs(np.diff(fine, axis=1))
    after = np.abs(np.diff(soft, axis=1))
    strong = before > 6
    if np.count_nonzero(strong) < max(1.0, 0.0005 * strong.size):
        return 1.0
    return float(np.minimum(after, before)[strong].sum() / before[strong].sum())


def movement(one: Grey, other: Grey) -> float:
    """Mean change between two pictures of the same size, in grey levels, each blurred so that noise does not count."""
    cv2 = load_cv2()
    if one.shape != other.shape:
        return 255.0
    return float(np.mean(cv2.absdiff(cv2.blur(one, (5, 5)), cv2.blur(other, (5, 5)))))
