package memwall.core;

/**
 * The simulation cannot go on: no event is due while somebody waits, or events fire without end and
 * time stands still. Names who waits for what, or which handlers fire.
 */
public final class StalledException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StalledException(String message) {
    super(message);
  }
}
