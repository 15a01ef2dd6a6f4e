"""Electronic travel documents (ICAO Doc 9303): access, secure messaging, data groups, and proof of origin."""
