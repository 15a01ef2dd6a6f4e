"""Cameras: live frames from any source, and plain checks of portraits and papers. OpenCV loads on first use."""

from hardware.camera import document, portrait
from hardware.camera.codes import ScannedCode, read_codes
from hardware.camera.device import BACKOFF_S, Camera, Limits
from hardware.camera.frame import FAULT_CODES, Frame, FrameSource, Image
from hardware.camera.jpeg import decode_image, decode_jpeg, encode_jpeg
from hardware.camera.mrz import Mrz, MrzFault, parse_mrz
from hardware.camera.sources import open_source, source_for

__all__ = [
    "BACKOFF_S",
    "FAULT_CODES",
    "Camera",
    "Frame",
    "FrameSource",
    "Image",
    "Limits",
    "Mrz",
    "MrzFault",
    "ScannedCode",
    "decode_image",
    "decode_jpeg",
    "document",
    "encode_jpeg",
    "open_source",
    "parse_mrz",
    "portrait",
    "read_codes",
    "source_for",
]
