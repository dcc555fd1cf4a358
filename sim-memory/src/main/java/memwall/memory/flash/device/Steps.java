package memwall.memory.flash.device;

/** Kinds of steps in the agenda of a device. */
final class Steps {
  /** A plane has sensed the page of a buffer (tag). */
  static final int SENSED = 0;

  /** The page of a buffer has passed lane and decoder. */
  static final int DECODED = 1;

  /** The bytes of a request have left over the link. */
  static final int LEFT = 2;

  /** A shared bus has carried what it was given. */
  static final int CARRIED = 3;

  /** A plane has programmed or erased; tag: which of its works. */
  static final int WORKED = 4;

  /** The data of a program has arrived. */
  static final int LOADED = 5;

  /** A plane has let go of a program or erase. */
  static final int SUSPENDED = 6;

  /** A channel need not wait for more reads; tag: which of its gatherings. */
  static final int GATHERED = 7;

  /** A command has reached its plane; tag: the buffer for its page. */
  static final int COMMANDED = 8;

  /** The page of a buffer has passed the lane of its die; tag: its channel. */
  static final int LANED = 9;

  /** Kinds of a device whose planes are independent. */
  static final int KINDS = 10;

  /** A group of planes need not wait for more commands; tag: for which array command. */
  static final int GROUPED = 10;

  /** Kinds of a device whose planes work in groups. */
  static final int KINDS_OF_GROUPS = 11;

  private Steps() {}
}
