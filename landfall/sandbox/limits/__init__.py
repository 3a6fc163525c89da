"""What AWS refuses and the emulator accepts, one file per service."""
