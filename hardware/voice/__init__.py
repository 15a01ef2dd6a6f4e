"""The spoken guide's voice: espeak-ng to a sound device, or a simulated one that keeps what it was told to say."""

from hardware.voice.clips import Clips
from hardware.voice.espeak import EspeakVoice
from hardware.voice.simulated import SimulatedVoice
from hardware.voice.sound import FAULT_CODES, Aplay, WavFolder
from hardware.voice.voice import QUIETEST, Spoken, Utterance, Voice, VoiceLanguage

__all__ = [
    "FAULT_CODES",
    "QUIETEST",
    "Aplay",
    "Clips",
    "EspeakVoice",
    "SimulatedVoice",
    "Spoken",
    "Utterance",
    "Voice",
    "VoiceLanguage",
    "WavFolder",
]
