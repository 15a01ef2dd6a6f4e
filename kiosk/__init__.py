"""What a kiosk knows and decides: no Qt, no device input or output."""
