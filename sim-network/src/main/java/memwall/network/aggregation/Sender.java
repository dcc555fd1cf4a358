package memwall.network.aggregation;

/** Who sends messages over links, and is told what becomes of them. */
interface Sender {
  /** What is sent carries it; what arrives of an earlier one is of no use. */
  int epoch();

  /** A message over a link has begun, or has ended: the sender keeps those that are open. */
  OpenTransfers open();

  /** A copy has arrived at the end of its link, in its epoch; perhaps not the first. */
  void arrived(Transfer transfer);

  /** A transfer has been acknowledged, or nobody is there any more to send it again. */
  void acknowledged(Transfer transfer);

  /** A transfer has been sent in vain as often as allowed. */
  void gaveUp(Transfer transfer);
}
