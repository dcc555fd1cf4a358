package memwall.core;

/** Attached to an exception that a handler threw: when and in which handler it happened. */
final class EventContext extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EventContext(String message) {
    super(message, null, false, false);
  }
}
