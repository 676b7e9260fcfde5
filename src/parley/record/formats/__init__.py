"""The public formats, byte for byte: RFC 6962 and C2SP, canonical JSON, codes for the radio; no file and no clock."""
