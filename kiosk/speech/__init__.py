"""What the audio guide says: the screen as each language speaks it, and what must stay in the headset. No Qt."""

from kiosk.speech.privacy import public
from kiosk.speech.spoken import spoken

__all__ = ["public", "spoken"]
