"""One folder per kind of device: no Qt, no kiosk, no queue."""
