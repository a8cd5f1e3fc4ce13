"""What people say on the shop floor, by theme: data only, put together in `phrasebook`."""
