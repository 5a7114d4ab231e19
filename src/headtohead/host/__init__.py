"""The machine we run on: processes, cores, ports, files, samples."""
