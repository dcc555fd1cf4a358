package memwall.core;

/** The simulation cannot go on: no event is due while somebody waits. Names who waits for what. */
public final class StalledException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StalledException(String message) {
    super(message);
  }
}
