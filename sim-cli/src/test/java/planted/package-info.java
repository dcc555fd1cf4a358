/**
 * A small copy of the product's layout in which every rule of {@code memwall.cli.HouseRules} is
 * broken on purpose, so that the test of the architecture can show that it would notice.
 */
@NullMarked
package planted;

import org.jspecify.annotations.NullMarked;
