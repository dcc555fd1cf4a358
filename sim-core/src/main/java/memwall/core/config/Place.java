package memwall.core.config;

/** One place in a source; line and column count from 1. */
record Place(Source source, int line, int column) {
  /** For faults: {@code run.yaml:6:13}; an option of the command line has no lines. */
  String inFault() {
    return source.kind() == Source.Kind.OPTION
        ? source.name()
        : source.name() + ":" + line + ":" + column;
  }

  /** For provenance: {@code run.yaml:6:13}, {@code preset chip/h100-sxm:7}, {@code --set #1}. */
  String asOrigin() {
    return switch (source.kind()) {
      case FILE -> source.origin() + ":" + line + ":" + column;
      case PRESET -> source.origin() + ":" + line;
      case OPTION -> source.origin();
    };
  }
}
