/**
 * Stands in for a package of the documentation page's file server that is an ES module loaded by require(): Node can do
 * that, Jest on Node 20 cannot. Not used by the product.
 */
module.exports = { create: (name) => `attachment; filename="${name}"` };
