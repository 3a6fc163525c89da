"""Operations that the emulator lacks, one file per service."""
