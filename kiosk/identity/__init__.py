"""Who stands at the kiosk: identity numbers and the ways to sign in."""
