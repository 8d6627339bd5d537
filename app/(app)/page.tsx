export default function OverviewPage() {
  return <h1 className="page-x py-4 text-18 font-head">Overview</h1>;
}
