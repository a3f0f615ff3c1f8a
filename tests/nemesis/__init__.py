"""The nemesis: real tills on a real server, a seeded schedule of faults, and the books beside a model."""
