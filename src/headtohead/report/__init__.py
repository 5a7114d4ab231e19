"""Reports for people; every one of them a pure function of a `headtohead.records.run.Run`."""
