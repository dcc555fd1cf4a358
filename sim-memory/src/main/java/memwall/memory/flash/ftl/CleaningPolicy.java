package memwall.memory.flash.ftl;

/** Which full block is cleaned next. */
public enum CleaningPolicy {
  /** The one with the fewest valid pages; of equals, the one that has had so few for longest. */
  GREEDY,
  /** The one that was filled first. */
  FIFO,
  /**
   * The one with the fewest valid pages of some drawn at random (the d choices of Van Houdt,
   * SIGMETRICS 2013; MQSim's RGA); with one choice, a random victim.
   */
  CHOICES,
  /**
   * The one with the most (1 - u) / 2u x age, u the share of valid pages, age the pages that the
   * host has written since it was filled (Kawaguchi, Nishioka and Motoda, USENIX 1995). Looks at
   * every full block.
   */
  COST_BENEFIT
}
