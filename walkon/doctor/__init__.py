"""Would a clip arrive on this machine? Each check says what it found and, where something is amiss, the mend.

Nothing is started, created or changed, so a doctor may look at a data directory that a running walkon uses. Drawing and
encoding are tried in a child process of their own, as in a render.
"""

from walkon.doctor.examination import examine, settings
from walkon.doctor.finding import Finding, Level, arrives, as_record, as_words

__all__ = ["Finding", "Level", "arrives", "as_record", "as_words", "examine", "settings"]
