/** What a language model is: its shape, its number formats and what follows from them. */
@NullMarked
package memwall.workloads.model;

import org.jspecify.annotations.NullMarked;
